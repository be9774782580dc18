"use strict";

// Starts GraphiQL with what the page's <script id="config"> says. A file of
// its own, so that the page needs no inline script.
(() => {
  const config = JSON.parse(document.getElementById("config").textContent);

  // Tabs and history of two servers on one host must not mix.
  const prefix = `framefox:${config.endpoint}:`;
  const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  const storage = {
    getItem: (key) => localStorage.getItem(prefix + key),
    setItem: (key, value) => localStorage.setItem(prefix + key, value),
    removeItem: (key) => localStorage.removeItem(prefix + key),
    clear: () => keys().forEach((key) => localStorage.removeItem(key)),
    get length() {
      return keys().length;
    },
  };

  ReactDOM.createRoot(document.getElementById("graphiql")).render(
    React.createElement(GraphiQL, {
      fetcher: GraphiQL.createFetcher({ url: new URL(config.endpoint, location.href).href }),
      defaultQuery: config.tabs[0].query,
      defaultTabs: config.tabs,
      inputValueDeprecation: true,
      isHeadersEditorEnabled: true,
      plugins: [GraphiQLPluginExplorer.explorerPlugin()],
      schemaDescription: true,
      shouldPersistHeaders: false,
      storage,
    }),
  );
})();
