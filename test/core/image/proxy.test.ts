import { describe, expect, it } from "vitest";
import { noProxySettings } from "../../../server/engine/http/proxy.ts";
import { proxyFor } from "../../../server/engine/registry/proxy.ts";

const both = { HTTPS_PROXY: "http://s:1", HTTP_PROXY: "http://p:1" };
const asked = (address: string, environment: NodeJS.ProcessEnv, editor = noProxySettings) =>
  proxyFor(new URL(address), environment, editor)?.address;

describe("the proxy before a registry", () => {
  it("is that of the address's scheme, in either spelling", () => {
    expect(asked("https://r.example/v2/", both)).toBe("http://s:1");
    expect(asked("http://r.example/v2/", both)).toBe("http://p:1");
    expect(asked("https://r.example/", { https_proxy: "s:1" })).toBe("http://s:1");
    expect(asked("https://r.example/", { HTTP_PROXY: "http://p:1" })).toBeUndefined();
    expect(asked("https://r.example/", { HTTPS_PROXY: "" })).toBeUndefined();
  });

  it.each(["http://localhost:5000/", "https://127.0.0.1/", "https://127.8.8.8:5000/", "http://[::1]:5000/"])(
    "is none before %s, this machine",
    (address) => expect(asked(address, both)).toBeUndefined(),
  );

  it.each([
    ["*", "https://r.example/"],
    ["r.example", "https://r.example/"],
    ["example", "https://r.example/"],
    [".example", "https://r.example/"],
    ["*.example", "https://r.example/"],
    ["other, R.Example:443", "https://r.example/"],
    ["r.example:5000", "http://r.example:5000/"],
    ["10.0.0.0/8", "https://10.9.8.7:5000/"],
    ["192.168.0.1", "https://192.168.0.1/"],
    ["[fe80::1]:443", "https://[fe80::1]/"],
  ])("is none where NO_PROXY says %s and %s is asked", (spared, address) => {
    expect(asked(address, { ...both, NO_PROXY: spared })).toBeUndefined();
    expect(asked(address, { ...both, no_proxy: spared })).toBeUndefined();
  });

  it.each([
    ["r.example:444", "https://r.example/"],
    [".r.example", "https://r.example/"],
    ["xample", "https://r.example/"],
    ["10.0.0.0/8", "https://11.0.0.1/"],
    ["10.0.0.0/8", "https://r.example/"],
    ["fe80::/10", "https://10.0.0.1/"],
    [" , ", "https://r.example/"],
  ])("stays where NO_PROXY says %s and %s is asked", (spared, address) =>
    expect(asked(address, { ...both, NO_PROXY: spared })).toBe("http://s:1"),
  );
});

describe("the editor's proxy before a registry", () => {
  const editor = { ...noProxySettings, proxy: "http://e:1", exceptions: ["spared.example"] };

  it("counts where the environment names none for the address", () => {
    expect(asked("https://r.example/", {}, editor)).toBe("http://e:1");
    expect(asked("http://r.example/", { HTTPS_PROXY: "http://s:1" }, editor)).toBe("http://e:1");
    expect(asked("https://r.example/", both, editor)).toBe("http://s:1");
    expect(asked("https://spared.example/", both, editor)).toBe("http://s:1");
  });

  it.each([
    ["https://spared.example/", {}],
    ["https://a.spared.example/", {}],
    ["https://r.example/", { NO_PROXY: ".example" }],
    ["https://localhost:5000/", {}],
  ])("is not asked for %s where the environment is %j", (address, environment) =>
    expect(asked(address, environment, editor)).toBeUndefined(),
  );

  it("is none where its support is off", () =>
    expect(asked("https://r.example/", {}, { ...editor, enabled: false })).toBeUndefined());
});
