// The page behind a link to a recording: the player and what happened, without a login.
import { mount } from "svelte";
import "../styles/tokens.css";
import "../styles/base.css";
import { readPass } from "./pass.ts";
import Share from "./Share.svelte";

const target = document.getElementById("app");
if (target) mount(Share, { target, props: { pass: readPass(location) } });
