// dakiya/testing/lint.hpp - reads a manifest as a strict reviewer would.
#ifndef DAKIYA_TESTING_LINT_HPP
#define DAKIYA_TESTING_LINT_HPP

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "dakiya/json.hpp"
#include "dakiya/testing/library.hpp"
#include "dakiya/testing/match.hpp"
#include "dakiya/testing/schema.hpp"

namespace dakiya::testing {

namespace detail {

inline bool sounds_secret(std::string name) {
    for (char& c : name)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    constexpr std::array<std::string_view, 6> words{"key", "token", "secret", "password", "pin", "auth"};
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return name.find(word) != name.npos; });
}

// A text that is named like a secret must say whether it is one; "x-secret": false is an answer.
inline void lint_setting(const std::string& name, const Json& field, Report& report) {
    const std::string where = "manifest: setting \"" + name + "\" ";
    report.check(field["title"].is_string(), where + "has no title");
    const bool free_text = field["type"] == Json("string") && !field.contains("enum");
    report.check(!free_text || !sounds_secret(name) || field.contains("x-secret"),
                 where + "sounds like a secret but does not say \"x-secret\"");
    report.check(
        field["x-secret"] != Json(true) || !field.contains("default"),
        where +
            "is a secret with a default: a secret that everybody knows is none; leave it out, or let "
            "\"x-generate\" make one");
    if (const Json* rule = field.find("x-show-if"))
        report.check(rule->is_object() && rule->size() == 1,
                     where + "has an x-show-if that is not one equality");
}

}  // namespace detail

inline void lint(const Plugin& plugin, const Schemas* schemas, Report& report) {
    const Json& manifest = plugin.manifest();
    if (const Schema* schema = schemas ? schemas->find("manifest") : nullptr) {
        const std::string violation = schema->violation(manifest.dump());
        report.check(violation.empty(), "manifest: " + violation + " (sdk/schema/manifest.schema.json)");
    }
    const Json& properties = manifest["settings"]["properties"];
    if (properties.is_object())
        for (const Json::Member& field : properties.members())
            detail::lint_setting(field.first, field.second, report);
    for (const Json& name : manifest["settings"]["required"])
        report.check(properties.contains(name.text()),
                     "manifest: required setting \"" + name.text() + "\" is not among the properties");

    bool uses_http = false;
    for (const Json& word : manifest["requires"]) uses_http |= word == Json("http");
    report.check(!uses_http || !manifest["hosts"].empty(),
                 "manifest: \"requires\" has http but \"hosts\" is empty");
    for (const Json& pattern : manifest["hosts"]) {
        const std::string& text = pattern.text();
        if (text.rfind("${", 0) != 0) continue;
        report.check(text.back() == '}' && properties.contains(text.substr(2, text.size() - 3)),
                     "manifest: host " + text + " names a setting that does not exist");
    }
    const bool signs = manifest["webhook"]["auth"] == Json("signature");
    report.check(!signs || plugin.table().verify,
                 "manifest: webhooks are signed but the plugin has no verify");
    report.check(manifest["webhook"].is_null() || plugin.table().parse,
                 "manifest: has \"webhook\" but the plugin has no parse");
}

}  // namespace dakiya::testing

#endif
