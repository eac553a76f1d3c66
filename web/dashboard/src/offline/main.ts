// A recording in a file: what the page holds as data is played from there, and nothing is fetched.
import { mount } from "svelte";
import "../styles/tokens.css";
import "../styles/base.css";
import Offline from "./Offline.svelte";

mount(Offline, { target: document.body });
