/** Everything that is wrong with a configuration, said at once. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";

  constructor(readonly problems: readonly string[]) {
    super(
      ["smooth-agent cannot start:", ...problems.map((problem) => `  - ${problem}`)].join("\n"),
    );
  }
}
