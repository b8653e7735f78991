/** US cents as people write them: 2400 is "$24.00". */
export function formatCents(cents: number): string {
  return dollars.format(cents / 100);
}

const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
