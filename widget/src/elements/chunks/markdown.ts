import prose from "../styles/prose.css?inline";

export { markdown } from "../../markdown/markdown.js";

export const styles = [prose];
