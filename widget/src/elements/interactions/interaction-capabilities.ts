/** What the server is told that this page can show, by the name of the kind of form. */
export const capabilities = {
  identity_intake: "identity_form",
  choices: "choice_chips",
  date_time: "date_time_picker",
} as const;
