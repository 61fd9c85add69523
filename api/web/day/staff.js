// Somebody who signed in. The tokens are kept in memory only: whoever closes or reloads the page at a
// shared desk has signed out.

/** @import { Schemas } from "../types.js" */
import { Refusal, ask } from "../shared/client.js";

export class Staff {
  #tokens;

  /** @param {Schemas["TokenView"]} tokens */
  constructor(tokens) {
    this.#tokens = tokens;
  }

  /**
   * @param {string} email
   * @param {string} password
   */
  static async signIn(email, password) {
    return new Staff(await ask("post", "/v1/auth/token", { body: { email, password } }));
  }

  /**
   * Asks with the token, and once more with a fresh one when it has run out.
   *
   * @type {typeof ask}
   */
  ask = async (method, path, wish) => {
    const { access_token } = this.#tokens;
    try {
      return await ask(method, path, wish, access_token);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== "unauthenticated") throw error;
      await this.#refresh(access_token);
      return ask(method, path, wish, this.#tokens.access_token);
    }
  };

  async signOut() {
    const { refresh_token } = this.#tokens;
    await ask("post", "/v1/auth/revoke", { body: { refresh_token } });
  }

  /**
   * A refresh token is good for one use: of several requests that find theirs worn out, one uses it.
   *
   * @param {string} wornOut
   */
  async #refresh(wornOut) {
    this.#refreshing ??= this.#fresh(wornOut).finally(() => (this.#refreshing = null));
    await this.#refreshing;
  }

  /** @type {Promise<void> | null} */
  #refreshing = null;

  /** @param {string} wornOut */
  async #fresh(wornOut) {
    const { access_token, refresh_token } = this.#tokens;
    if (access_token === wornOut) this.#tokens = await ask("post", "/v1/auth/refresh", { body: { refresh_token } });
  }
}
