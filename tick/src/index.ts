export type { Tick, TickMessage } from "./contract";
export type { Clock } from "./hold";
export type { Lease } from "./lease";
export {
  type BatchResponse,
  type Overlap,
  onTick,
  type SeenTicks,
  type TickHandler,
  type TickOptions,
} from "./on-tick";
