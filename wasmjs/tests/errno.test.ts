// Errno numbers are an ABI: each is pinned here by hand, from the standard.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as all from "../vfs/errno.ts";

const standard = `
  SUCCESS TOOBIG ACCES ADDRINUSE ADDRNOTAVAIL AFNOSUPPORT AGAIN ALREADY BADF BADMSG BUSY CANCELED CHILD CONNABORTED
  CONNREFUSED CONNRESET DEADLK DESTADDRREQ DOM DQUOT EXIST FAULT FBIG HOSTUNREACH IDRM ILSEQ INPROGRESS INTR INVAL IO
  ISCONN ISDIR LOOP MFILE MLINK MSGSIZE MULTIHOP NAMETOOLONG NETDOWN NETRESET NETUNREACH NFILE NOBUFS NODEV NOENT
  NOEXEC NOLCK NOLINK NOMEM NOMSG NOPROTOOPT NOSPC NOSYS NOTCONN NOTDIR NOTEMPTY NOTRECOVERABLE NOTSOCK NOTSUP NOTTY
  NXIO OVERFLOW OWNERDEAD PERM PIPE PROTO PROTONOSUPPORT PROTOTYPE RANGE ROFS SPIPE SRCH STALE TIMEDOUT TXTBSY XDEV
  NOTCAPABLE`.trim().split(/\s+/);

test("every errno has the standard's name and number", () => {
  assert.equal(all.errnos.length, 77);
  for (const [code, name] of standard.entries()) {
    const errno = all.errnos[code];
    assert.equal(errno?.name, name);
    assert.equal(errno?.code, code);
    assert.equal((all as Record<string, unknown>)[name], errno, `${name} is exported under its name`);
    assert.notEqual(errno?.message, "");
  }
});

test("an errno cannot be changed", () => {
  assert.throws(() => {
    (all.NOENT as { code: number }).code = 0;
  }, TypeError);
});
