#include "meta_errors.hpp"

#include "dakiya/json.hpp"

#include <algorithm>

namespace sim {
namespace {

using dakiya::Json;

struct Known {
    int code;
    int http;
    const char* title;
};

constexpr Known known[] = {
    {0, 401, "AuthException"},
    {1, 400, "API Unknown"},
    {2, 503, "API Service"},
    {3, 500, "API Method"},
    {4, 400, "API Too Many Calls"},
    {10, 403, "Permission Denied"},
    {33, 400, "Parameter value is not valid"},
    {100, 400, "Invalid parameter"},
    {190, 401, "Access token has expired"},
    {368, 403, "Temporarily blocked for policies violations"},
    {80007, 400, "Rate limit issues"},
    {130429, 400, "Rate limit hit"},
    {130472, 400, "User's number is part of an experiment"},
    {130497, 403, "Business account is restricted from messaging users in this country"},
    {131000, 500, "Something went wrong"},
    {131005, 403, "Access denied"},
    {131008, 400, "Required parameter is missing"},
    {131009, 400, "Parameter value is not valid"},
    {131016, 500, "Service unavailable"},
    {131021, 400, "Recipient cannot be sender"},
    {131026, 400, "Message undeliverable"},
    {131030, 400, "Recipient phone number not in allowed list"},
    {131031, 403, "Account has been locked"},
    {131037, 400, "Display name approval needed"},
    {131042, 400, "Business eligibility payment issue"},
    {131045, 500, "Incorrect certificate"},
    {131047, 400, "Re-engagement message"},
    {131048, 400, "Spam rate limit hit"},
    {131049, 400, "Meta chose not to deliver"},
    {131050, 400, "User has stopped marketing messages"},
    {131051, 400, "Unsupported message type"},
    {131052, 400, "Media download error"},
    {131053, 400, "Media upload error"},
    {131055, 400, "Method not allowed"},
    {131056, 400, "(Business Account, Consumer Account) pair rate limit hit"},
    {131057, 500, "Account in maintenance mode"},
    {132000, 400, "Template param count mismatch"},
    {132001, 404, "Template does not exist"},
    {132005, 400, "Template hydrated text too long"},
    {132007, 400, "Template format character policy violated"},
    {132012, 400, "Template parameter format mismatch"},
    {132015, 400, "Template is paused"},
    {132016, 400, "Template is disabled"},
    {132018, 400, "Template parameter text is not valid"},
    {133004, 503, "Server temporarily unavailable"},
    {135000, 400, "Generic user error"},
};

const Known* find(int code) {
    const auto* found =
        std::find_if(std::begin(known), std::end(known), [&](const Known& k) { return k.code == code; });
    return found == std::end(known) ? nullptr : found;
}

}  // namespace

std::string meta_error_title(int code) {
    const Known* found = find(code);
    return found ? found->title : "Error " + std::to_string(code);
}

Reply meta_error(int code, std::string_view details, std::string_view trace_id) {
    const Known* found = find(code);
    Reply reply;
    reply.status = found ? found->http : 400;
    reply.body =
        Json{{"error", Json{{"message", "(#" + std::to_string(code) + ") " + meta_error_title(code)},
                            {"type", "OAuthException"},
                            {"code", code},
                            {"error_data", Json{{"messaging_product", "whatsapp"}, {"details", details}}},
                            {"fbtrace_id", trace_id}}}}
            .dump();
    return reply;
}

}  // namespace sim
