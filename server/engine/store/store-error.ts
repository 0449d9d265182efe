/** What stands in an engine's store does not add up: then the engine itself is asked for the image. */
export class StoreError extends Error {}
