declare module "virtual:world" {
  export const world: import("../../world/shapes.ts").World;
}
