import code from "../styles/code.css?inline";

export { paintCode } from "../painted-code.js";

export const styles = [code];
