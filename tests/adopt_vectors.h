/* adopt_vectors.h - files with all that can be odd about one, and what each tool was seen to store
 * for them: Flyway 11.14.0, Prisma 6.19.3, refinery 0.10.0, Sqitch 1.3.1, sqlx 0.9.0, on SQLite. */
#ifndef INLAY_TESTS_ADOPT_VECTORS_H
#define INLAY_TESTS_ADOPT_VECTORS_H

#include <stddef.h>

/* NULL: the tool refuses the file, or makes another one of it. */
struct vector {
	const char *path;
	const char *text;
	const char *flyway;
	const char *prisma;
	const char *refinery;
	const char *sqitch;
	const char *sqlx;
};

static const struct vector vectors[] = {
	{ .path = "V1__lf.sql",
	  .text = "CREATE TABLE a (id integer);\n",
	  .flyway = "373690480",
	  .prisma = "38af8e3b50e4e85d6220a4465f50b47a62c5d825b924558cd914e6c5856cfff7",
	  .refinery = "4303592225800068992",
	  .sqitch = "6d57354617f55207127ebbcd803ec319a099e7d2",
	  .sqlx = "3f82a2df855c9eae43e243d6c9d37487a0af9fe661bca2868605a03dff2315ba58597b345985e8a7"
	          "ae86a9182db3f8f3" },
	{ .path = "V2__crlf.sql",
	  .text = "CREATE TABLE b (\r\n\tid integer -- the key\r\n);\r\n",
	  .flyway = "-737801765",
	  .prisma = "b723f1a560b8f0ccf1045ba5c27a2a573d5536b48ddb32ba4ac592eca992933e",
	  .refinery = "12551928278878311461",
	  .sqitch = "3a09cde9e37f304ce75ba752a044c2b87582e8c0",
	  .sqlx = "c6254dc36b42e640ccd12a5a5038db6245b8148971c9b876fa0f695e2781aa2624ff27f7fa7b1d01"
	          "44e20e76732c827b" },
	{ .path = "V3__bom.sql",
	  .text = "\357\273\277CREATE TABLE c (id integer);\n",
	  .flyway = "-1094671903",
	  .prisma = "00f5e5457154fce2f36d776f0775c9a87b202e13f8f017807467e0056a7d8734",
	  .refinery = "11621620332112515303",
	  .sqitch = "0202875445e7287f0d668f66e2298f77ba050b86",
	  .sqlx = "c2e6db553279dd56f225d2c34a7e780a276da7c7e4404019368f5c3e4d5d94de8dfd05b216ab881b"
	          "208ad47c486fe348" },
	{ .path = "V4__no_newline.sql",
	  .text = "CREATE TABLE d (id integer)",
	  .flyway = "-1592382545",
	  .prisma = "3e644e051fc26a3f0660c74121d1e70b179abc231b4a07dae7c1916ec7342087",
	  .refinery = "12985112295284111081",
	  .sqitch = "e161bdf703eacc2961dc068fe9c1cffc6e6a8dfd",
	  .sqlx = "1cb3be7c36de091daa6cdc286f6cf3c629c57d7ab36103951f2da22342c929ca102f6e95c6c50465"
	          "a9f3ed45249eaaaa" },
	{ .path = "V5__not_ascii.sql",
	  .text = "-- Gr\303\266\303\237e: \344\270\226\347\225\214 \360\237\232\200\nCREATE TABLE "
	          "e (name text DEFAULT 'Zo\303\253');\n",
	  .flyway = "-394760357",
	  .prisma = "c04cd9319cebdbc3cb68b8072bdaad385bd78099be4d92a4a7443b04b93c2549",
	  .refinery = "6693227571426322238",
	  .sqitch = "c24c891ec53b76fa290eedbf82bd9a5b1790c1ab",
	  .sqlx = "cc97a675975c16b9836e4bbd80e2daad266d3740af2b2c1b424799be2063d4632236007a5b39de01"
	          "45ac8dae5e334f4e" },
	{ .path = "V6__blank_lines.sql",
	  .text = "\n\n  CREATE TABLE f (id integer);  \n\n\n",
	  .flyway = "-652623967",
	  .prisma = "82638627285f00e3cd1117f5c07f7368c0d34133bdd38afc18ea8bf177f409d6",
	  .refinery = "8781023466097177670",
	  .sqitch = "6abd553a500d05a166edd173e699551047b32848",
	  .sqlx = "def62d3da55df32d12f6aa3eb26bb8747388e962c487ddd8f9dd1e683cc3b9ed61adad230452cd22"
	          "9759bf44871828fa" },
	{ .path = "V7__lone_cr.sql",
	  .text = "CREATE TABLE g (id integer);\r-- end\rCREATE TABLE h (id integer);\n",
	  .flyway = NULL,
	  .prisma = "11be1f42f302d8bc1dcb6bf93b3846c090af2329e95107c7265fb06e6e28dd4b",
	  .refinery = "6281084887175473250",
	  .sqitch = "f791f398932b4955c7363f66e0a4711d4bdb4191",
	  .sqlx = "319a34b4dea8a3a5c58219641b8caa0f0907950b7a3faffa592afc9ccc2e22190704ad7c7ae11d8b"
	          "90d89b82e158b7e8" },
	{ .path = "V8__cr_cr_lf.sql",
	  .text = "CREATE TABLE i (id integer);\r\r\n\n\r-- end",
	  .flyway = "-2067115403",
	  .prisma = "8f4e96e535e6e91893d5c48a888bdc06725ae9a20da9ceacddf8feab1b9152a7",
	  .refinery = "2149724762126157052",
	  .sqitch = "86634f956f7f2bcdbf1a1c580b3bbb3416a43747",
	  .sqlx = "01fa665cb42877eea82ffe0a39e48db2024250509ad07ac75c0727307c26ffef69e4e7a3dc446687"
	          "ed1219e89d96ee10" },
	{ .path = "V9__invalid.sql",
	  .text = "CREATE TABLE j (name text); -- \377\376\303\n",
	  .flyway = NULL,
	  .prisma = NULL,
	  .refinery = NULL,
	  .sqitch = "0dc7e40a48f66e259b08a07ae9cd0bd34c7a6c00",
	  .sqlx = NULL },
	{ .path = "V10__empty.sql",
	  .text = "",
	  .flyway = "0",
	  .prisma = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	  .refinery = "5158462880342554089",
	  .sqitch = "da39a3ee5e6b4b0d3255bfef95601890afd80709",
	  .sqlx = "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fb"
	          "d51ad2f14898b95b" },
	{ .path = "V11__bom_only.sql",
	  .text = "\357\273\277",
	  .flyway = "0",
	  .prisma = "f1945cd6c19e56b3c1c78943ef5ec18116907a4ca1efc40a57d48ab1db7adfc5",
	  .refinery = "2402365520809002099",
	  .sqitch = "57218c316b6921e2cd61027a2387edc31a2d9471",
	  .sqlx = "223ad280a5ee41dc17bc36148df935ce33ac89dd6eba04107b3da70589a75ec0f147451f3516410f"
	          "d7f379da80cfc6c4" },
	{ .path = "V12__newline_only.sql",
	  .text = "\n",
	  .flyway = "0",
	  .prisma = "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b",
	  .refinery = "5897100854092203599",
	  .sqitch = "adc83b19e793491b1c6ea0fd8b46cd9f32e592fc",
	  .sqlx = "ec664e889ed6c1b2763cacf7899d95b7f347373eb982e523419feea3aa362d891b3bf025f292267a"
	          "5854049091789c3e" },
	{ .path = "V13__two_boms.sql",
	  .text = "\357\273\277\357\273\277-- two\nCREATE TABLE k (id integer);\n",
	  .flyway = "1103041741",
	  .prisma = "dccca7cbed20d1bfc58ced9bd2133ecd19ace300e4dbfdba7e89a8c316def356",
	  .refinery = "7565738398972969619",
	  .sqitch = "f96ed67cd821bf5bd641b295ff87e390c57c9128",
	  .sqlx = "f10306ec45ce26b3c455a1757d832d510fcbc454a932d755e0b54452666f886ac3c6dc691dc4bfb1"
	          "d4a9fd1c1db24d5f" },
	{ .path = "V14__nul_like.sql",
	  .text = "CREATE TABLE l (id integer); -- \342\200\250 line separator \302\205 \013 \014 "
	          "x\n",
	  .flyway = "-114354636",
	  .prisma = "eba1c150500473c6e40774f26341008820a5a3b6ca48c8b148859e6bd08242c2",
	  .refinery = "10465790307493045781",
	  .sqitch = "0876fedd1f42d22d45149c419a2c363861d634e3",
	  .sqlx = "51e9c9ad6497436b7047d913dd62170e4172e6c28c82ece3a45130448871458e98bc41b150bf6b84"
	          "dfc981eb1fc38191" },
};

#endif
