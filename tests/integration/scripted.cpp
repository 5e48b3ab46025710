// A plugin without opinions: it posts what it was given to scripted.example, and writes the records that the
// answer's body lists: [["result",{"to":0,"status":"sent"}],…].
#include <algorithm>
#include <string>

#include "dakiya/provider.hpp"

namespace {

using namespace dakiya;

class Scripted final : public Connection {
public:
    explicit Scripted(const Settings&) {}
    Next send(const Send&, const Turn& turn) const override { return tell(turn); }
    Next other(const Turn& turn) const override { return tell(turn); }

private:
    static Next tell(const Turn& turn) {
        if (!turn.reply())
            return Http::post("https://scripted.example/" + std::string(turn.op()))
                .json(turn.input())
                .limit("send")
                .then("answered");
        Next next = Next::done();
        for (const Json& record : Json::parse(turn.reply()->body()))
            next.record(record.at(std::size_t{0}).text(), record.at(std::size_t{1}));
        return next;
    }
};

// Apostrophes instead of quotation marks, so that CMake can pass a part of it.
std::string manifest() {
    std::string text = "{'id':'" SCRIPTED_ID
                       "','name':'Scripted','version':'1.0.0','abi':'1.0',"
                       "'vendor':'Dakiya','channels':['sms','whatsapp','email'],'hosts':['scripted.example'],"
                       "'ops':{'send':{'kinds':['text','template']" SCRIPTED_SEND "}," SCRIPTED_SETTLE
                       "'check':{},'templates.list':{},'balance':{},'otp.send':{},'otp.verify':{},"
                       "'otp.resend':{},'media.upload':{},'media.fetch':{},'status':{'max':2}},"
                       "'limits':[],'people':{'channel':'whatsapp','account':['business']},"
                       "'settings':{'version':1,'type':'object','properties':{'business':{'type':'string'}}}}";
    std::replace(text.begin(), text.end(), '\'', '"');
    return text;
}
const std::string dakiya_manifest = manifest();

}  // namespace

DAKIYA_PLUGIN(Scripted)
