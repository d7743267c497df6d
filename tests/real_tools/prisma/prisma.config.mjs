import { PrismaLibSQL } from '@prisma/adapter-libsql'
import { PrismaPg } from '@prisma/adapter-pg'

const url = process.env.DATABASE_URL

export default {
  experimental: { adapter: true },
  engine: 'js',
  schema: 'prisma/schema.prisma',
  adapter: async () =>
    process.env.DIALECT === 'sqlite'
      ? new PrismaLibSQL({ url })
      : new PrismaPg({ connectionString: url }),
}
