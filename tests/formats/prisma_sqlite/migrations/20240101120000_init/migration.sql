-- RedefineTables
PRAGMA foreign_keys=OFF;
CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY);
PRAGMA foreign_keys=ON;
