// The API as a signed-in person has it.
import type { Server } from "./server.ts";

/** Requests with somebody's login. */
export interface Caller {
  readonly cookie: string;
  get<T>(path: string): Promise<T>;
  send<T>(method: string, path: string, body?: unknown): Promise<T>;
}

export interface Owner extends Caller {
  readonly email: string;
  readonly password: string;
}

/** Uses the first sign-in link and signs in. */
export async function firstUser(server: Server): Promise<Owner> {
  const [email, password] = ["owner@example.org", "a long enough password"];
  const token = new URL(server.link).hash.slice(1);
  const first = await call(server, "", "POST", "first-user", { token, email, password });
  return { email, password, ...callerOf(server, loginOf(first)) };
}

/** Signs in with a password. */
export async function signIn(server: Server, email: string, password: string): Promise<Owner> {
  const answer = await call(server, "", "POST", "login", { email, password });
  if (!answer.ok) throw new Error(`login: ${answer.status} ${await answer.text()}`);
  return { email, password, ...callerOf(server, loginOf(answer)) };
}

function loginOf(answer: Response): string {
  return (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

function callerOf(server: Server, cookie: string): Caller {
  const send = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await call(server, cookie, method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  };
  return { cookie, send, get: (path) => send("GET", path) };
}

function call(
  server: Server,
  cookie: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  const headers: Record<string, string> = { cookie, "sec-fetch-site": "same-origin" };
  if (body !== undefined) headers["content-type"] = "application/json";
  const init: RequestInit = { method, headers };
  if (body !== undefined) init.body = JSON.stringify(body);
  return fetch(`${server.origin}/api/v1/${path}`, init);
}
