/** What stands in an engine's store does not add up: then the engine itself is asked for the image. */
export class StoreError extends Error {}

/** What stands there is not for this user: as for files of other users in the store of a Podman without root. */
export class DeniedError extends Error {}
