/** What a visitor is shown of where a code was sent: enough to know it again, too little to learn it. */
export function maskedDestination(destination: string): string {
  const at = destination.lastIndexOf("@");
  if (at > 0) return `${firstOf(destination)}***${destination.slice(at)}`;
  const shown = [...destination].slice(-2).join("");
  return destination.length > 4 ? `***${shown}` : "***";
}

function firstOf(text: string): string {
  return [...text][0] ?? "";
}
