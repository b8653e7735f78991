import { backplaneContract } from "./backplane.contract.js";
import { memoryBackplane } from "./memory-backplane.js";

backplaneContract("the backplane in memory", memoryBackplane);
