import { agent, person, talk, visitor } from "../conversation-parts.js";
import type { GalleryFamily } from "../gallery-state.js";

const ASKED = [visitor("I want to talk to somebody."), agent("I am asking for a person.")];

const WITH_MARTA = [
  ...ASKED,
  person("Hi, I am Marta from the workshop. I have your order in front of me."),
  person("The bowl was packed on **Tuesday**. Do you have a photo?"),
];

/** A person of the shop's in place of the agent. */
export const people: GalleryFamily = {
  name: "people",
  title: "People",
  states: [
    {
      name: "requested",
      title: "Asked for",
      conversation: { ...talk(...ASKED), handOff: { state: "requested" } },
    },
    {
      name: "waiting",
      title: "Waited for",
      conversation: { ...talk(...ASKED), handOff: { state: "waiting" } },
    },
    {
      name: "active",
      title: "There",
      conversation: { ...talk(...WITH_MARTA), handOff: { state: "active", name: "Marta" } },
    },
    {
      name: "two",
      title: "Two people, a long name",
      conversation: {
        ...talk(
          ...WITH_MARTA,
          visitor("I do. How do I send it?"),
          person("By mail, please: help@kiln-and-kettle.example", {
            name: "Bartholomew von und zu Kaltenbrunn-Hohenstein of the packing room",
          }),
        ),
        handOff: { state: "active", name: "Bartholomew von und zu Kaltenbrunn-Hohenstein" },
      },
    },
    {
      name: "nameless",
      title: "Without a name",
      conversation: {
        ...talk(...ASKED, person("Hello.", { name: "" })),
        handOff: { state: "active" },
      },
    },
    {
      name: "given-back",
      title: "Gone again",
      conversation: {
        ...talk(...WITH_MARTA, visitor("Thank you!"), person("You are welcome.")),
        handOff: { state: null },
      },
    },
  ],
};
