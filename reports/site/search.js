(function () {
  var data = document.getElementById("index");
  if (data) { search(JSON.parse(data.textContent)); }
  function search(index) {
  var input = document.getElementById("q"), hits = document.getElementById("hits"), said = document.getElementById("said");
  document.documentElement.classList.add("js");
  function show() {
    var words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    hits.textContent = "";
    if (!words.length) { said.textContent = ""; return; }
    var found = index.filter(function (entry) {
      var text = (entry[0] + " " + entry[1] + " " + entry[2]).toLowerCase();
      return words.every(function (word) { return text.indexOf(word) >= 0; });
    });
    found.slice(0, 12).forEach(function (entry) {
      var item = document.createElement("li"), link = document.createElement("a"), kind = document.createElement("small");
      link.href = entry[3];
      link.textContent = entry[1] + " ";
      kind.textContent = entry[0] + (entry[2] ? " · " + entry[2] : "");
      link.appendChild(kind);
      item.appendChild(link);
      hits.appendChild(item);
    });
    said.textContent = found.length + " found";
  }
  input.addEventListener("input", show);
  document.addEventListener("keydown", function (event) {
    if (event.key === "/" && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) { event.preventDefault(); input.focus(); }
    if (event.key === "Escape") { input.value = ""; show(); }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      var links = Array.prototype.slice.call(hits.querySelectorAll("a"));
      var at = links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
      if (links.length && (document.activeElement === input || links.indexOf(document.activeElement) >= 0)) {
        event.preventDefault();
        (at < 0 ? input : links[Math.min(at, links.length - 1)]).focus();
      }
    }
  });
  }
  function open() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var at = target; at; at = at.parentElement) { if (at.tagName === "DETAILS") { at.open = true; } }
    if (target) { target.scrollIntoView(); }
  }
  window.addEventListener("hashchange", open);
  open();
})();
