export { freePort } from "./free-port.js";
export { startGallery } from "./gallery/gallery.js";
export { startAgentServer, type AgentServer, type AgentServerOptions } from "./agent-server.js";
export {
  startScriptedModel,
  type ScriptedModel,
  type ScriptedModelOptions,
} from "./scripted-model/scripted-model.js";
export { startShop, type Shop, type ShopOptions } from "./shop/shop.js";
