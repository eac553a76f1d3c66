import { expect, test } from "vitest";
import { ownAddress } from "./ownAddress.ts";

test("the address that leaves a browser out has the port of the demo shop, and else none", () => {
  expect(ownAddress("shop.example", "1", null)).toBe("https://shop.example/?hm_me=1");
  expect(ownAddress("localhost", "0", null)).toBe("http://localhost/?hm_me=0");
  const shop = "http://127.0.0.1:8127";
  expect(ownAddress("127.0.0.1", "1", shop)).toBe("http://127.0.0.1:8127/?hm_me=1");
  expect(ownAddress("[::1]", "0", shop)).toBe("http://[::1]:8127/?hm_me=0");
  // A domain that the demo site got beside is no shop of ours.
  expect(ownAddress("shop.example", "1", shop)).toBe("https://shop.example/?hm_me=1");
});
