// docs/providers.md, made from the manifests of plugins/, so that it cannot say more than they do.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "app/cli/commands.hpp"
#include "plugin/manifest.hpp"
#include "send/template_files.hpp"

namespace dakiya::app {

namespace {

using plugin::Manifest;

constexpr std::string_view head = R"(# Providers

What each plugin of this tree can do. Made by `./dev docs` from the manifests; do not edit it.

- **Batch**: most recipients of one request. *one text*: all of them get the same.
- **Templates**: what can be done about them from here. **Codes**: *native* when the provider can make and check one-time codes itself.
- **Reports**: how a webhook is known to be genuine, and what it brings. *polled*: the server asks.
- **Certainty**: how sure one can be of a message whose answer was lost ([reliability.md](reliability.md)).
- **Limits**: published calls per second; `limits.*` in the settings replaces them.

| provider | channels | kinds | batch | templates | codes | media | reports | also | certainty | limits |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
)";

std::string joined(const std::vector<std::string>& words, std::string_view between = ", ") {
    std::string text;
    for (const std::string& word : words) text.append(text.empty() ? "" : between).append(word);
    return text.empty() ? "–" : text;
}

// The words of those operations that the manifest has.
std::string able(const Manifest& manifest,
                 std::initializer_list<std::pair<std::string_view, std::string>> operations) {
    std::vector<std::string> words;
    for (const auto& [op, word] : operations)
        if (manifest.has_op(op)) words.push_back(word);
    return joined(words);
}

std::string batch(const Manifest& manifest) {
    if (!manifest.batch || manifest.batch->max <= 1) return "–";
    return std::to_string(manifest.batch->max) + (manifest.batch->personal ? "" : ", one text");
}

std::string reports(const Manifest& manifest) {
    std::vector<std::string> ways;
    if (manifest.has_webhook) ways.push_back(manifest.webhook_auth + ": " + joined(manifest.webhook_events));
    if (manifest.has_op("status")) ways.emplace_back("polled");
    return joined(ways, "; ");
}

std::string limits(const Manifest& manifest) {
    std::vector<std::string> all;
    for (const plugin::Limit& limit : manifest.limits) {
        char rate[32];
        std::snprintf(rate, sizeof rate, "%g", limit.per_second);
        all.push_back(limit.key + " " + rate + (limit.scope.empty() ? "" : " per " + limit.scope));
    }
    return joined(all, "; ");
}

std::string line(const Manifest& manifest) {
    const std::string columns[] = {
        "[" + manifest.name + "](../plugins/" + manifest.id + "/README.md)",
        joined(manifest.channels),
        joined(manifest.kinds),
        batch(manifest),
        able(manifest,
             {{"templates.list", "list"},
              {"templates.create", send::takes_template_files(manifest) ? "create (with files)" : "create"},
              {"templates.delete", "delete"}}),
        able(manifest, {{"otp.send", "native"}}),
        able(manifest, {{"media.upload", "upload"}, {"media.fetch", "fetch"}}),
        reports(manifest),
        able(manifest, {{"check", "test"},
                        {"balance", "balance"},
                        {"senders", "senders"},
                        {"mark_read", "read marks"},
                        {"webhook.set", "sets its webhook"}}),
        std::string(plugin::to_string(manifest.certainty())),
        limits(manifest)};
    std::string text = "|";
    for (const std::string& column : columns) text += " " + column + " |";
    return text + "\n";
}

}  // namespace

int print_provider_table(const std::vector<std::string>& files) {
    std::vector<Manifest> manifests;
    for (const std::string& file : files) {
        std::ifstream in(file, std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        if (!in) return fail({Code::not_found, file + " cannot be read", "file"});
        auto manifest = plugin::parse_manifest(text);
        if (!manifest) return fail({Code::invalid, file + ": " + manifest.error().text, "file"});
        manifests.push_back(*std::move(manifest));
    }
    std::sort(manifests.begin(), manifests.end(),
              [](const Manifest& a, const Manifest& b) { return a.id < b.id; });
    std::string page(head);
    for (const Manifest& manifest : manifests) page += line(manifest);
    std::fputs(page.c_str(), stdout);
    return 0;
}

}  // namespace dakiya::app
