/** The folder with what this classic script fetches; undefined where it was not loaded from an address. */
export const ownFolder: string | undefined = folderOf(document.currentScript);

function folderOf(script: HTMLOrSVGScriptElement | null): string | undefined {
  const source = script instanceof HTMLScriptElement ? script.src : "";
  return URL.canParse("smooth-agent/", source) ? new URL("smooth-agent/", source).href : undefined;
}
