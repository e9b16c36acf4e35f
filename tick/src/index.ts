export type { Tick, TickMessage } from "./contract";
export type { Clock } from "./hold";
export { type BatchResponse, onTick, type SeenTicks, type TickHandler, type TickOptions } from "./on-tick";
