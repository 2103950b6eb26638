// Where an app stands on its page, and what it loads before it begins.
export const place = document.getElementById("app");
export const json = (name) => fetch(new URL(name, import.meta.url)).then((answer) => answer.json());

// All that was wanted; the page says if it could not be had.
export const loaded = (what, ...wanted) => Promise.all(wanted).catch((error) => {
  place.textContent = `The ${what} could not be loaded: ${error.message}`;
  throw error;
});
