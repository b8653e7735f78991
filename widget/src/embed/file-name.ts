/** The name of a file that tells its content: what is fetched by it never changes. */
export function fileName(name: string, hash: string): string {
  return `${name}-${hash.slice(0, 8).replace(/\W/g, "_")}.js`;
}
