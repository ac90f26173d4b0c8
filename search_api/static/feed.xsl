<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:atom="http://www.w3.org/2005/Atom" exclude-result-prefixes="atom">
  <xsl:output method="html" encoding="UTF-8" doctype-system="about:legacy-compat"/>
  <xsl:template match="/atom:feed">
    <html lang="{@xml:lang}">
      <head>
        <title><xsl:value-of select="atom:title"/></title>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <link rel="stylesheet" href="SITE_CSS"/>
      </head>
      <body>
        <main class="page">
          <h1><xsl:value-of select="atom:title"/></h1>
          <p>
            <xsl:choose>
              <xsl:when test="starts-with(@xml:lang, 'zh')">这是一份 Atom 订阅源：把本页地址复制到订阅阅读器即可。<a href="{atom:link[@rel='alternate']/@href}">返回网站</a></xsl:when>
              <xsl:otherwise>This is an Atom feed: copy the address of this page into your feed reader. <a href="{atom:link[@rel='alternate']/@href}">Back to the site</a></xsl:otherwise>
            </xsl:choose>
          </p>
          <ul>
            <xsl:for-each select="atom:entry">
              <li>
                <p><a href="{atom:link/@href}"><xsl:value-of select="atom:title"/></a><br/>
                <span class="soft"><xsl:value-of select="substring(atom:published, 1, 10)"/></span></p>
                <xsl:if test="atom:summary != atom:title"><p><xsl:value-of select="atom:summary"/></p></xsl:if>
              </li>
            </xsl:for-each>
          </ul>
        </main>
      </body>
    </html>
  </xsl:template>
</xsl:stylesheet>
