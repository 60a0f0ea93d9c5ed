// One function a command; dispatch.cpp knows which.
#pragma once

#include "app/exit_code.h"
#include "cli/session.h"

#include <string_view>

namespace lifeboat::cli {

using Handler = app::Exit (*)(Session& session);

app::Exit ready(Session& session);
app::Exit audit(Session& session);
app::Exit attest(Session& session);
app::Exit restore(Session& session);
app::Exit backup(Session& session);
app::Exit verify(Session& session);
app::Exit phone_list(Session& session);
app::Exit phone_info(Session& session);
app::Exit phone_wifi(Session& session);
app::Exit phone_pair(Session& session);
app::Exit phone_forget(Session& session);
app::Exit phone_encryption(Session& session);
app::Exit phone_restore(Session& session);
app::Exit phone_cloud_backup(Session& session);
app::Exit phone_space(Session& session);
app::Exit snapshot_export(Session& session);
app::Exit snapshot_import(Session& session);
app::Exit snapshot_apps(Session& session);
app::Exit update_watch(Session& session);
app::Exit place_add(Session& session);
app::Exit place_list(Session& session);
app::Exit place_test(Session& session);
app::Exit place_repair(Session& session);
app::Exit place_prune(Session& session);
app::Exit place_locks(Session& session);
app::Exit place_remove(Session& session);
app::Exit snapshot_list(Session& session);
app::Exit snapshot_show(Session& session);
app::Exit snapshot_diff(Session& session);
app::Exit snapshot_copy(Session& session);
app::Exit snapshot_forget(Session& session);
app::Exit snapshot_hold(Session& session);
app::Exit snapshot_release(Session& session);
app::Exit snapshot_recover(Session& session);
app::Exit ls(Session& session);
app::Exit find(Session& session);
app::Exit mount(Session& session);
app::Exit stats(Session& session);
app::Exit key_list(Session& session);
app::Exit key_add(Session& session);
app::Exit key_change(Session& session);
app::Exit key_remove(Session& session);
app::Exit doctor(Session& session);
app::Exit config_get(Session& session);
app::Exit config_set(Session& session);
app::Exit config_list(Session& session);
app::Exit config_explain(Session& session);
app::Exit version(Session& session);
app::Exit completion(Session& session);
app::Exit help(Session& session);

// Null when the table has a command that nobody wrote: a test forbids it.
Handler handler_of(std::string_view command);

}  // namespace lifeboat::cli
