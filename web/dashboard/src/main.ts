import { mount } from "svelte";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/screens.css";
import "./styles/floats.css";
import "./styles/named.css";
import "./styles/narrow.css";
import App from "./App.svelte";
import { loadNewer } from "./newer.ts";
import { keptTheme, setTheme } from "./theme.ts";

addEventListener("vite:preloadError", () => void loadNewer());
setTheme(keptTheme());
const target = document.getElementById("app");
if (target) mount(App, { target });
