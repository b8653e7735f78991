import { html, type Html } from "./html.js";
import type { Mail } from "./mailbox.js";

/** The customers' mails as a whole HTML document that looks for new ones by itself. */
export function renderMailbox(mails: readonly Mail[]): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="refresh" content="5" />
        <title>Mailbox · Kiln & Kettle</title>
        <link rel="icon" href="/assets/mark.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/shop.css" />
      </head>
      <body>
        <p class="notice">
          <strong>Demo.</strong> The mails of the shop's customers: nothing is really sent.
        </p>
        <main>
          <section class="intro">
            <h1>Mailbox</h1>
            <p>${mails.length === 0 ? "No mail yet." : "The newest mail stands first."}</p>
          </section>
          <section class="mails" aria-label="Mails">${mails.map(mailCard)}</section>
        </main>
        <footer><p>Back to <a href="/">your orders</a></p></footer>
      </body>
    </html>`.markup;
}

function mailCard({ to, subject, text, sentAt }: Mail): Html {
  return html`<article class="mail">
    <h2>${subject}</h2>
    <p class="quiet">To ${to}, ${sentAt.toISOString().slice(11, 19)} UTC</p>
    <p>${text}</p>
  </article>`;
}
