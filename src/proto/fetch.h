/*
 * What the engine and hoy-fetch say to each other, over a SOCK_SEQPACKET pair: one packet is one
 * frame, a fixed header and a few texts; descriptors travel along.
 *
 *   engine (image/registry.h)                  hoy-fetch
 *   FETCH_SETUP       purpose, names    ---->  whom it speaks with; then any of the next five
 *   FETCH_ENDPOINT    url, credentials  ---->  where the registry is: in the order to be tried
 *   FETCH_AUTHORITY   fd                ---->  PEM: authorities that the last endpoint may use too
 *   FETCH_CERTIFICATE fd, fd            ---->  PEM: who we are at the last endpoint, and the key
 *   FETCH_HEADER      "name: value"     ---->  sent with every request to the registry
 *   FETCH_PROXY       http, https, no   ---->
 *   FETCH_GO                            ---->  it confines itself
 *                                       <----  FETCH_READY (or FETCH_FAILED, id 0)
 *   FETCH_HEAD        name              ---->
 *   FETCH_MANIFEST    name, fd          ---->  whole, verified, into an empty file
 *   FETCH_CONFIG      digest, size, fd  ---->  the same
 *   FETCH_TAGS        fd                ---->  a tag a line into an empty file
 *   FETCH_REFERRERS   digest, type, fd  ---->  what refers to it: an index into an empty file
 *   FETCH_SUBJECT     digest            ---->  what a manifest refers to
 *   FETCH_BLOB        digest, size, fd  ---->  as a stream into a pipe or file, from `offset` on
 *   FETCH_UPLOAD      digest, size, fd  ---->  from a file
 *   FETCH_PUT         name, type, fd    ---->  a manifest from a file
 *   FETCH_DELETE      name              ---->  a tag, a manifest, or a blob
 *   FETCH_CHECK                         ---->  are the credentials taken?
 *   FETCH_DOWNLOAD    fd                ---->  what the first endpoint's url is of itself: a stream
 *                                       <----  FETCH_WARNING  of a registry's, once
 *                                       <----  FETCH_PROGRESS id, bytes (may be left out)
 *                                       <----  FETCH_DONE id, or FETCH_FAILED id: the last of it
 *   FETCH_CANCEL      id                ---->  nothing of it is said any more
 *   end of file                         ---->  it ends
 *
 * Several commands may be on their way; `id` tells them apart. The engine believes nothing of
 * what it is told: hoy-fetch reads what strangers send.
 *
 * Runs in: cli (engine), fetch.
 * See: unix(7) SOCK_SEQPACKET, SCM_RIGHTS.
 */
#ifndef HOY_PROTO_FETCH_H
#define HOY_PROTO_FETCH_H

#include <stddef.h>
#include <stdint.h>

enum {
	FETCH_VERSION = 3,
	FETCH_TEXT_MAX = 96 * 1024, /* all texts of one frame, bytes */
	FETCH_FDS_MAX = 2,
	FETCH_COMMANDS_MAX = 20, /* at once */
	FETCH_ENDPOINTS_MAX = 32
};

/* Where hoy-fetch finds the socket. */
enum { FETCH_FD_SOCKET = 3 };

#define FETCH_PROGRAM "hoy-fetch"

enum fetch_kind {
	FETCH_SETUP = 1, /* code: enum fetch_purpose; registry, repository, familiar name */
	FETCH_ENDPOINT,	 /* flags; url, repository there, user, password, identity, token */
	FETCH_AUTHORITY,
	FETCH_CERTIFICATE,
	FETCH_HEADER, /* "name: value" */
	FETCH_PROXY,  /* for http, for https, hosts without; "": none */
	FETCH_GO,

	FETCH_HEAD,	/* name */
	FETCH_MANIFEST, /* name */
	FETCH_CONFIG,	/* size; digest */
	FETCH_TAGS,
	FETCH_REFERRERS, /* digest, artifact type or "": any */
	FETCH_SUBJECT,	 /* digest */
	FETCH_BLOB,	 /* size, offset; digest */
	FETCH_UPLOAD,	 /* size; digest, repository to mount from or "" */
	FETCH_PUT,	 /* size; name, media type, digest */
	FETCH_DELETE,	 /* name; "blob" or "": what it names */
	FETCH_CHECK,
	FETCH_DOWNLOAD,
	FETCH_CANCEL,

	FETCH_READY,
	FETCH_WARNING, /* host, text as it came */
	/* size: bytes of the whole blob, or download, so far; offset: of how many, 0: not known */
	FETCH_PROGRESS,
	/* size: bytes of the document; code: enum fetch_how.
	 * HEAD, MANIFEST, CONFIG: digest or "", media type. SUBJECT: digest or "". CHECK:
	 * identity token or "". REFERRERS: the tag that they are listed under, "": the registry
	 * knows them itself */
	FETCH_DONE,
	FETCH_FAILED /* code: -errno; offset: enum err_kind; sentence */
};

enum fetch_purpose { FETCH_TO_PULL, FETCH_TO_PUSH, FETCH_TO_DELETE, FETCH_TO_LOG_IN };

enum fetch_endpoint_flags {
	/* the certificate is not looked at */
	FETCH_INSECURE = 1 << 0,
	/* the one before, in plain text: only where that cannot be spoken with at all */
	FETCH_ALTERNATIVE = 1 << 1,
	FETCH_MIRROR = 1 << 2,
	/* a mirror that is not asked what a tag is */
	FETCH_DIGESTS_ONLY = 1 << 3
};

enum fetch_how { FETCH_TRANSFERRED, FETCH_EXISTED, FETCH_MOUNTED };

struct fetch_header {
	uint8_t version;
	uint8_t kind;	/* enum fetch_kind */
	uint16_t flags; /* ENDPOINT: enum fetch_endpoint_flags */
	uint32_t id;	/* of the command, chosen by the engine; 0: of none */
	int32_t code;
	uint32_t unused;
	uint64_t size;
	uint64_t offset;
};

struct fetch_frame {
	struct fetch_header head;
	size_t text_len;
	char text[FETCH_TEXT_MAX]; /* texts, each with its NUL */
	int fds[FETCH_FDS_MAX];	   /* owned by whoever received the frame; -EBADF: none */
};

/* What is sent along with a header: texts and descriptors, both borrowed. */
struct fetch_parts {
	const char *const *texts;
	size_t text_count;
	const int *fds;
	size_t fd_count;
};

/* Send one frame; `parts` NULL: nothing but the header. Returns 0, -EAGAIN (full, non-blocking),
 * -EMSGSIZE (too many texts) or -errno. Never raises SIGPIPE. */
int fetch_send(int socket_fd, const struct fetch_header *header,
	       const struct fetch_parts *parts);
/*
 * Receive one frame; close its descriptors with fetch_frame_done. Returns 0, -EPIPE at the end,
 * -EAGAIN, -EPROTO for another version or a broken frame (nothing is then left open), or -errno.
 */
int fetch_receive(int socket_fd, struct fetch_frame *ret);
void fetch_frame_done(struct fetch_frame *frame);
/* The n-th text, "" when it has fewer. Borrowed. */
const char *fetch_text(const struct fetch_frame *frame, size_t n);

#endif
