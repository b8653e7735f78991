import type { Page } from "@playwright/test";

/** What a page may ask of the widget on it, as far as tests do. */
export interface HostElement extends HTMLElement {
  authContext: unknown;
  open(): void;
  close(): void;
  send(text: string): boolean;
  reset(): void;
  login(authContext: unknown): void;
  logout(): void;
  forget(): void;
}

/** Presses a button of the shop's account menu: the page is loaded anew. */
export async function logIn(page: Page, button: RegExp): Promise<void> {
  await page.locator(".account summary").click();
  await page.getByRole("button", { name: button }).click();
}

/** Another customer, or nobody, is logged in at the shop from now on; its open page is not told. */
export async function switchTo(
  page: Page,
  url: string,
  customer: "maya" | "tom" | "guest",
): Promise<void> {
  const form = { customer };
  const headers = { origin: url };
  const response = await page.request.post(`${url}/log-in`, { form, headers });
  if (!response.ok()) throw new Error(`The shop answered ${response.status()}.`);
}

/** The shop's page tells the widget that somebody logged in, whom the shop names when it is asked. */
export async function tellLogin(page: Page): Promise<void> {
  await page.locator("smooth-agent").evaluate((element: HostElement) => {
    element.login(async () => (await (await fetch("/api/auth-context")).json()) as object | null);
  });
}

/** The page calls one of the widget's methods that take nothing. */
export async function callWidget(
  page: Page,
  method: "open" | "close" | "reset" | "logout" | "forget",
): Promise<void> {
  await page
    .locator("smooth-agent")
    .evaluate((element: HostElement, name: typeof method) => element[name](), method);
}

/**
 * Records some fields of each event of a name that the page hears from the widget, from now on.
 *
 * @returns reads what was heard
 */
export async function hearEvents(
  page: Page,
  name: string,
  fields: readonly string[],
): Promise<() => Promise<Record<string, unknown>[]>> {
  await page.evaluate(
    ([type, wanted]) => {
      const heard: object[] = [];
      Object.assign(window, { [type]: heard });
      document.addEventListener(type, (event) => {
        const told = event as unknown as Record<string, unknown>;
        heard.push(Object.fromEntries(wanted.map((field) => [field, told[field]])));
      });
    },
    [`smooth-agent-${name}`, fields] as const,
  );
  return () =>
    page.evaluate(
      (type) => (window as unknown as Record<string, Record<string, unknown>[]>)[type] ?? [],
      `smooth-agent-${name}`,
    );
}
