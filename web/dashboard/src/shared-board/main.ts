// The page behind a link to a board: its panels, without a login; alone, or in a frame.
import { mount } from "svelte";
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/screens.css";
import "../styles/floats.css";
import "../styles/narrow.css";
import { readBoardPass } from "./pass.ts";
import SharedBoard from "./SharedBoard.svelte";

const target = document.getElementById("app");
if (target) mount(SharedBoard, { target, props: { pass: readBoardPass(location) } });
