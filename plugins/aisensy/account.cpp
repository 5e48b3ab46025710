#include "account.hpp"

#include <utility>

#include "dakiya/encoding.hpp"
#include "dakiya/redact.hpp"
#include "dakiya/text.hpp"

namespace aisensy {

using dakiya::Fault;
using dakiya::Http;
using dakiya::Json;
using dakiya::JsonError;
using dakiya::Settings;
using dakiya::without_wrapping;

namespace {

std::string without_slash(std::string url) {
    if (!url.empty() && url.back() == '/') url.pop_back();
    return url;
}

// The key is a JWT whose payload names the project ("id"). It is only a default, so nothing is verified.
std::string project_of_key(const std::string& key) {
    const std::size_t first = key.find('.'), second = key.find('.', first + 1);
    if (first == key.npos || second == key.npos) return {};
    const auto payload = dakiya::unbase64(std::string_view(key).substr(first + 1, second - first - 1));
    if (!payload) return {};
    try {
        const Json json = Json::parse(*payload);
        const Json& id = json["id"];
        const bool plain = id.is_string() && id.text().size() == 24 &&
                           id.text().find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
        return plain ? id.text() : std::string();
    } catch (const JsonError&) {
        return {};
    }
}

}  // namespace

Account::Account(const Settings& settings)
    : key(without_wrapping(settings.text("api_key"))),
      project(settings.text("project_id", "")),
      password(without_wrapping(settings.text("project_api_password", ""))),
      webhook_secret(without_wrapping(settings.text("webhook_shared_secret", ""))),
      campaigns(settings.list("campaigns")),
      button_values_in_params(settings.text("button_values", "buttons") == "params"),
      campaign_host(without_slash(settings.text("campaign_host", "https://backend.aisensy.com"))),
      project_host(without_slash(settings.text("project_host", "https://apis.aisensy.com"))) {
    if (key.empty()) throw Fault(DK_BAD_INPUT, "setting \"api_key\" is empty");
    if (project.empty()) project = project_of_key(key);
}

Http Account::campaign(std::string_view path, Json body) const {
    body.set("apiKey", key);
    return Http::post(campaign_host + "/campaign/t1/api" + std::string(path)).json(body).secret_body();
}

std::string Account::project_url(std::string_view path) const {
    if (!has_project())
        throw Fault(DK_BAD_INPUT,
                    "this needs AiSensy's Project API: enter the project number and the project code");
    return project_host + "/project-apis/v1/project/" + project + std::string(path);
}

Http Account::with_password(Http http) const {
    http.secret_header("x-aisensy-project-api-pwd", password).header("accept", "application/json");
    return http;
}

Http Account::project_get(std::string_view path) const { return with_password(Http::get(project_url(path))); }
Http Account::project_post(std::string_view path) const {
    return with_password(Http::post(project_url(path)));
}
Http Account::project_del(std::string_view path) const { return with_password(Http::del(project_url(path))); }

std::string Account::redacted(std::string text) const {
    return dakiya::without_secret(dakiya::without_secret(std::move(text), key), password, "(project code)");
}

}  // namespace aisensy
