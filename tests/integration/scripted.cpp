// A plugin without opinions: it posts what it was given to scripted.example, and writes the records that the
// answer's body lists: [["result",{"to":0,"status":"sent"}],…]. The one that can authorize shows its
// credential's token with all that it posts, and without one says class `auth`. What media.fetch asks for is
// a file.
#include <algorithm>
#include <string>

#include "dakiya/media.hpp"
#include "dakiya/provider.hpp"

namespace {

using namespace dakiya;

class Scripted final : public Connection {
public:
    explicit Scripted(const Settings&) {}
    Next send(const Send&, const Turn& turn) const override { return tell(turn); }
    Next other(const Turn& turn) const override { return tell(turn); }

private:
    static Next fetch(const Turn& turn) {
        const std::string handle = turn.input().at("handle").text();
        if (!turn.reply())
            return Http::get("https://scripted.example/" + handle).reply_to_blob().then("answered");
        if (turn.reply()->status() == 410)
            return refused({"content", "410"}, "the file is gone: it was kept for a week");
        if (!turn.reply()->ok()) throw Fault(DK_BAD_REPLY, "there is no such file");
        return fetched(handle, *turn.reply(), "");
    }

    static constexpr bool has_login =
        std::string_view(SCRIPTED_SETTLE).find("authorize") != std::string_view::npos;

    static Next tell(const Turn& turn) {
        if (turn.op() == "media.fetch") return fetch(turn);
        if (has_login && turn.op() != "authorize" && turn.credential().is_null()) return no_credential(turn);
        Json input = turn.input();
        if (has_login) input.set("op", std::string(turn.op()));
        if (!turn.credential().is_null()) input.set("token", turn.credential().at("token"));
        if (!turn.reply())
            return Http::post("https://scripted.example/" + std::string(turn.op()))
                .json(input)
                .limit("send")
                .then("answered");
        Next next = Next::done();
        for (const Json& record : Json::parse(turn.reply()->body()))
            next.record(record.at(std::size_t{0}).text(), record.at(std::size_t{1}));
        return next;
    }

    static Next no_credential(const Turn& turn) {
        if (turn.op() == "send")
            return Next::done().failed_all(read_send(turn.input()), {"auth", "", "no login yet"});
        return Next::done().record("account", {{"ok", false}, {"class", "auth"}, {"text", "no login yet"}});
    }
};

// Apostrophes instead of quotation marks, so that CMake can pass a part of it.
std::string manifest() {
    std::string text =
        "{'id':'" SCRIPTED_ID
        "','name':'Scripted','version':'1.0.0','abi':'1.0',"
        "'vendor':'Dakiya','channels':['sms','whatsapp','email'],'hosts':['scripted.example'],"
        "'ops':{'send':{'kinds':['text','template','media']" SCRIPTED_SEND "}," SCRIPTED_SETTLE
        "'check':{},'templates.list':{},'balance':{},'otp.send':{},'otp.verify':{},"
        "'otp.resend':{},'media.upload':{},'media.fetch':{},'status':{'max':2}},"
        "'limits':[],'people':{'channel':'whatsapp','account':['business'],'limit':'people_limit'},"
        "'settings':{'version':1,'type':'object','properties':{'business':{'type':'string'},'people_limit':{'"
        "type':'string'}}}}";
    std::replace(text.begin(), text.end(), '\'', '"');
    return text;
}
const std::string dakiya_manifest = manifest();

}  // namespace

DAKIYA_PLUGIN(Scripted)
