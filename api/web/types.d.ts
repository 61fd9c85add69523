// What the modules know of the API: openapi-typescript writes "sprechstunde" down from openapi.yaml.
import type { components, paths } from "sprechstunde";

export type Schemas = components["schemas"];

export type Method = "get" | "post" | "delete";

/** The paths that know a method. */
export type Path<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, object> ? P : never;
}[keyof paths];

export type Operation<M extends Method, P extends Path<M>> = paths[P][M & keyof paths[P]];

/** What an operation has to be told, and what it may be told. */
export type Wish<O> = (O extends { parameters: infer P } ? Pick<P, keyof P & ("query" | "path" | "header")> : unknown) &
  (O extends { requestBody: { content: { "application/json": infer B } } } ? { body: B } : unknown);

/** The body of its good answer. */
export type Answer<O> = O extends { responses: infer R } ? ContentOf<R[keyof R & (200 | 201)]> : never;

type ContentOf<R> = R extends { content: infer C } ? C[keyof C] : undefined;
