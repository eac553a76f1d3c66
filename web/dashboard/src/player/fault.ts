/**
 * Why a part of a recording did not come: its bytes do not fit their checksum; it is not there any
 * more, or not for this reader; nobody is signed in, or a link has ended; the server was not
 * reached, or said that it cannot now.
 */
export type Fault = "damaged" | "gone" | "signed-out" | "unreachable";

/** What a source throws: `status` as HTTP has it, 0 or none without an answer, and our stable code. */
interface Said {
  status?: unknown;
  code?: unknown;
}

/** What an answer says; only `damaged` and `gone` stay so, however often one asks. */
export function faultOf(error: unknown): Fault {
  const { status, code } = (error ?? {}) as Said;
  if (code === "corrupt") return "damaged";
  if (status === 401) return "signed-out";
  const is = typeof status === "number" ? status : 0;
  const isRefused = is >= 400 && is < 500 && is !== 408 && is !== 429;
  return isRefused ? "gone" : "unreachable";
}
