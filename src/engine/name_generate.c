/*
 * See name_generate.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/name_generate.h"

#include <stdio.h>

enum { RETRIES_WITHOUT_DIGIT = 3 };

static const char *const adjectives[] = {
	"able",	    "agile",	"amber",   "ample",    "ardent",   "astute",   "awake",
	"balmy",    "bold",	"brave",   "breezy",   "bright",   "brisk",    "buoyant",
	"calm",	    "candid",	"careful", "cheerful", "civil",	   "clear",    "clever",
	"coastal",  "cordial",	"crisp",   "curious",  "daring",   "dapper",   "deft",
	"diligent", "eager",	"earnest", "easy",     "elegant",  "fair",     "famous",
	"fleet",    "fluent",	"fond",	   "frank",    "free",	   "fresh",    "gallant",
	"genial",   "gentle",	"glad",	   "golden",   "graceful", "handy",    "happy",
	"hardy",    "hearty",	"helpful", "honest",   "hopeful",  "humble",   "jaunty",
	"jolly",    "keen",	"kind",	   "lively",   "loyal",	   "lucid",    "lucky",
	"mellow",   "merry",	"mighty",  "mild",     "mindful",  "modest",   "neat",
	"nimble",   "noble",	"patient", "placid",   "plucky",   "polite",   "proud",
	"prudent",  "quick",	"quiet",   "rapid",    "ready",	   "robust",   "rosy",
	"sage",	    "sailing",	"salty",   "serene",   "sharp",	   "silent",   "sincere",
	"sleek",    "snug",	"sober",   "solid",    "spry",	   "stalwart", "steady",
	"stout",    "sturdy",	"sunny",   "swift",    "tender",   "thrifty",  "tidal",
	"tidy",	    "tranquil", "trim",	   "trusty",   "upbeat",   "valiant",  "vivid",
	"warm",	    "wary",	"wise",	   "witty",    "zesty",
};

static const char *const surnames[] = {
	"abel",	      "aiken",	    "alhazen",	  "ampere",	 "amundsen",   "anning",
	"archimedes", "babbage",    "banach",	  "bardeen",	 "beaufort",   "becquerel",
	"bell",	      "bering",	    "bernoulli",  "bohr",	 "boltzmann",  "boole",
	"bowditch",   "brahe",	    "cabot",	  "cantor",	 "cauchy",     "cavendish",
	"celsius",    "chadwick",   "church",	  "clarke",	 "cook",       "copernicus",
	"coulomb",    "cray",	    "curie",	  "dalton",	 "darwin",     "descartes",
	"dijkstra",   "dirac",	    "doppler",	  "drake",	 "earhart",    "edison",
	"einstein",   "engelbart",  "euclid",	  "euler",	 "faraday",    "fermat",
	"fermi",      "feynman",    "fibonacci",  "foucault",	 "fourier",    "franklin",
	"fresnel",    "fulton",	    "galileo",	  "galois",	 "gama",       "gauss",
	"germain",    "gibbs",	    "goodall",	  "hadley",	 "halley",     "hamilton",
	"harrison",   "heisenberg", "henry",	  "hertz",	 "herschel",   "hilbert",
	"hooke",      "hopper",	    "hubble",	  "hudson",	 "humboldt",   "huygens",
	"hypatia",    "jemison",    "joule",	  "kelvin",	 "kepler",     "khayyam",
	"knuth",      "lagrange",   "lamarr",	  "laplace",	 "lavoisier",  "leibniz",
	"linnaeus",   "lovelace",   "magellan",	  "maury",	 "maxwell",    "meitner",
	"mendel",     "mendeleev",  "mercator",	  "mirzakhani",	 "morse",      "nansen",
	"napier",     "nemo",	    "newton",	  "nightingale", "nobel",      "noether",
	"ohm",	      "pascal",	    "pasteur",	  "pauli",	 "perlman",    "planck",
	"poincare",   "ptolemy",    "pythagoras", "ramanujan",	 "ride",       "ritchie",
	"rutherford", "sagan",	    "shannon",	  "slocum",	 "somerville", "stokes",
	"tasman",     "tesla",	    "thales",	  "thompson",	 "torricelli", "turing",
	"volta",      "watt",	    "wegener",	  "wiles",
};

void name_generate(uint64_t random, unsigned int retry, char name[GENERATED_NAME_SIZE])
{
	uint64_t left = random % (sizeof(adjectives) / sizeof(adjectives[0]));
	uint64_t right = (random >> 20) % (sizeof(surnames) / sizeof(surnames[0]));
	const char *text = adjectives[left];

	if (retry < RETRIES_WITHOUT_DIGIT)
		(void)snprintf(name, GENERATED_NAME_SIZE, "%s_%s", text, surnames[right]);
	else
		(void)snprintf(name, GENERATED_NAME_SIZE, "%s_%s%u", text, surnames[right],
			       (unsigned int)(random >> 40) % 10);
}
