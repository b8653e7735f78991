import type { Customer, Order } from "./order.js";

export const customers: readonly Customer[] = [
  { id: "maya", name: "Maya Lindqvist", email: "maya@example.com" },
  { id: "tom", name: "Tom Okafor", email: "tom@example.com" },
];

type SeedOrder = Omit<Order, "totalCents" | "refundedCents">;

/** The orders a fresh shop starts with; their dates lie around `now`. */
export function seedOrders(now: Date): SeedOrder[] {
  const ago = (days: number): string => new Date(now.getTime() - days * dayMs).toISOString();
  const inDays = (days: number): string => ago(-days).slice(0, 10);
  return [
    {
      id: "1234",
      customerId: "maya",
      status: "delivered",
      placedAt: ago(6),
      arrivesOn: inDays(-2),
      note: "Left with a neighbour, ground floor.",
      paidWith: "Visa ending in 4242",
      items: [
        { name: "Speckled stoneware mug", art: "mug", quantity: 1, unitPriceCents: 2400 },
        { name: "First-flush sencha tea, 100 g", art: "tin", quantity: 1, unitPriceCents: 1450 },
      ],
    },
    {
      id: "1187",
      customerId: "maya",
      status: "shipped",
      placedAt: ago(8),
      arrivesOn: inDays(2),
      note: "Left our workshop with Northpost.",
      paidWith: "Visa ending in 4242",
      items: [
        { name: "Ash glaze pour-over dripper", art: "dripper", quantity: 1, unitPriceCents: 3800 },
        { name: "Paper filters, box of 100", art: "box", quantity: 2, unitPriceCents: 650 },
      ],
    },
    {
      id: "1043",
      customerId: "maya",
      status: "processing",
      placedAt: ago(19),
      arrivesOn: inDays(16),
      note: "Made to order: thrown, drying, and due in the next firing.",
      paidWith: "Visa ending in 4242",
      items: [{ name: "Moss teapot, 0.8 l", art: "teapot", quantity: 1, unitPriceCents: 8900 }],
    },
    {
      id: "1042",
      customerId: "maya",
      status: "delivered",
      placedAt: ago(21),
      arrivesOn: inDays(-15),
      note: "Signed for by M. Lindqvist.",
      paidWith: "PayPal",
      items: [
        { name: "Breakfast bowl, chalk white", art: "bowl", quantity: 2, unitPriceCents: 2200 },
        { name: "Linen kitchen towel", art: "towel", quantity: 1, unitPriceCents: 1600 },
      ],
    },
    {
      id: "1229",
      customerId: "tom",
      status: "processing",
      placedAt: ago(3),
      arrivesOn: inDays(5),
      note: "Being packed in our workshop.",
      paidWith: "Mastercard ending in 0018",
      items: [{ name: "Espresso cup", art: "mug", quantity: 4, unitPriceCents: 1500 }],
    },
    {
      id: "1101",
      customerId: "tom",
      status: "delivered",
      placedAt: ago(14),
      arrivesOn: inDays(-9),
      note: "Left in the parcel box.",
      paidWith: "Mastercard ending in 0018",
      items: [
        { name: "Walnut scoop", art: "scoop", quantity: 1, unitPriceCents: 1200 },
        { name: "Smoked oolong tea, 80 g", art: "tin", quantity: 1, unitPriceCents: 1850 },
      ],
    },
  ];
}

const dayMs = 86_400_000;
