/**
 * The tools that every described agent without an allow-list has besides the host's, when the client
 * says that it can show none of the forms.
 */
export const FORM_TOOLS = [
  "submit_interaction",
  "request_identity_intake",
  "request_choices",
  "request_date_time",
];

/** Names of tools without those of forms. */
export function besidesForms(names: readonly string[]): string[] {
  return names.filter((name) => !FORM_TOOLS.includes(name));
}
