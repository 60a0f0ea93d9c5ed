#include "sim/android/providers/personal_maker.h"
#include "sim/android/shell_phone_test.h"

namespace lifeboat::sim {
namespace {

using testing::HasSubstr;

class ProvidersTest : public ShellPhone {};

TEST_F(ProvidersTest, RowsHaveTheToolsShape) {
    EXPECT_EQ(run("content query --uri content://sms").out, "No result found.\n");
    allow_messages();
    run("content insert --uri content://sms --bind address:s:+447700900001 --bind body:s:'a, b=c' "
        "--bind date:l:1700000000123 --bind type:i:1 --bind read:i:1");
    EXPECT_EQ(
        run("content query --uri content://sms --projection _id:address:body:subject:date").out,
        "Row: 0 _id=1, address=+447700900001, body=a, b=c, subject=NULL, "
        "date=1700000000123\n");
    EXPECT_EQ(run("content query --uri content://sms --projection 'hex(body):count(*)'").out,
              "Row: 0 hex(body)=612C20623D63, count(*)=1\n");
}

}  // namespace
}  // namespace lifeboat::sim
