// An app whose page has all that it needs: its model hands out what there is to show, no more.
import { json, loaded, place } from "./loaded.js";

const { name, shows = name } = place.dataset; // the script's name, and that of what it shows
const [{ default: page }, shown] = await loaded("app", import(`./${name}.js`), json(`${shows}.json`));
place.replaceChildren();
page.render({ model: { get: () => shown, on() {} }, el: place });
