/**
 * Imports a module if it is the one it must be: a preload with its hash fills the table of modules
 * from which the import takes it.
 *
 * @param integrity as in an `integrity` attribute
 * @throws when it cannot be had, or is another
 */
export async function importChecked(url: string, integrity: string): Promise<unknown> {
  const link = document.createElement("link");
  Object.assign(link, { rel: "modulepreload", crossOrigin: "anonymous", integrity, href: url });
  const loaded = new Promise((resolve, reject) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", reject);
  });
  document.head.append(link);
  try {
    await loaded;
    return await import(/* @vite-ignore */ url);
  } finally {
    link.remove();
  }
}
