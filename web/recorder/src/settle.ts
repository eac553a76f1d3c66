import { INCREMENTAL, type Mutation, type RecorderEvent } from "./events";
import { FIXED } from "./shape";

/**
 * Drops what repeats: while somebody types, each key stroke would give one more event with the
 * same mask, and their number would tell the length. `sent` holds the ids that already stand
 * under the mask on the other side.
 */
export function settle(event: RecorderEvent, sent: Set<number>): RecorderEvent | null {
  if (event.type !== INCREMENTAL) {
    if (event.type === 2) sent.clear();
    return event;
  }
  const { data } = event;
  if (data.source === 5) return repeats(Number(data.id), data.text, sent) ? null : event;
  if (data.source !== 0) return event;
  const mutation = data as unknown as Mutation;
  const texts = mutation.texts.filter(({ id, value }) => !repeats(id, value, sent));
  const attributes = mutation.attributes.filter(({ id, attributes: kept }) => {
    const names = Object.keys(kept);
    return names.length !== 1 || names[0] !== "value" || !repeats(id, kept.value, sent);
  });
  const rest = texts.length + attributes.length + mutation.removes.length + mutation.adds.length;
  return rest ? { ...event, data: { ...data, texts, attributes } } : null;
}

function repeats(id: number, value: unknown, sent: Set<number>): boolean {
  if (value !== FIXED) {
    sent.delete(id);
    return false;
  }
  if (sent.has(id)) return true;
  sent.add(id);
  return false;
}
