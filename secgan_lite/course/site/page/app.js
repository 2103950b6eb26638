// An app whose page has all that it needs: its model hands out what there is to show, no more.
const place = document.getElementById("app");
const { name } = place.dataset;
const [{ default: page }, shown] = await Promise.all([
  import(`./${name}.js`),
  fetch(new URL(`${name}.json`, import.meta.url)).then((answer) => answer.json()),
]).catch((error) => {
  place.textContent = `The app could not be loaded: ${error.message}`;
  throw error;
});
place.replaceChildren();
page.render({ model: { get: () => shown, on() {} }, el: place });
