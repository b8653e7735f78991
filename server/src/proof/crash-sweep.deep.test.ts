import { crashSweepContract } from "./crash-sweep.contract.js";

crashSweepContract("SQLite", 2);
