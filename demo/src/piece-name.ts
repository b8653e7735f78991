/** "Speckled stoneware mug" as "mug", "First-flush sencha tea, 100 g" as "tea". */
export function pieceName(item: string): string {
  return item.split(",")[0]?.split(" ").at(-1)?.toLowerCase() ?? item;
}
