// Makes a card through a client of the types that openapi-typescript made, and prints its status.
import createClient from "openapi-fetch";
import type { paths } from "./kobble.js";

const env = process.env as Record<string, string>;
const api = createClient<paths>({ baseUrl: env.BASE });
const token = await api.POST("/oauth2/token", {
  body: { grant_type: "client_credentials", client_id: env.ID, client_secret: env.SECRET, scope: "client/write" },
  headers: { "Content-Type": "application/x-www-form-urlencoded" },
});
api.use({
  onRequest({ request }) {
    request.headers.set("Authorization", `Bearer ${token.data!.access_token}`);
    return request;
  },
});
const programs = await api.GET("/customers/v1/card-programs");
const enduser = await api.POST("/customers/v1/endusers", {
  body: { person: { first_name: "Jane", last_name: "Doe", email: "jane@example.test", phone_number: "+61400000000" } },
});
const wallet = await api.POST("/customers/v1/wallets", {
  body: { holder_id: enduser.data!.id, asset: "AUD", asset_class: "CURRENCY", partner_product: "KOBBLE_AUD_1" },
});
const create = (program_id: string) =>
  api.POST("/customers/v1/cards", {
    params: { header: { "idempotency-key": crypto.randomUUID() } },
    body: { wallet_id: wallet.data!.id, program_id },
  });
const refused = await create(crypto.randomUUID());
console.log(refused.response.status, refused.data === undefined);
for (const program of programs.data!) {
  const card = await create(program.id);
  if (card.data) {
    console.log("card", card.data.status);
    break;
  }
}
